"""A running `dropload service` and a client of it, for the benchmarks that measure the whole product."""
import http.client
import json
import os
import re
import socket
import subprocess
import time
import urllib.parse

BOUNDARY = "dropload-bench-boundary"


class ProcessFigures:
    """What self.process has used."""

    def cpu_seconds(self):
        """Of all its threads, so far."""
        fields = open(f"/proc/{self.process.pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_mib(self):
        return int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{self.process.pid}/status", encoding="ascii").read())[1]) // 1024


class Service(ProcessFigures):
    def __init__(self, dropload, directory, loader_threads=None):
        config = directory / "service.toml"
        config.write_text(f"[service]\nloader_threads = {loader_threads}\n" if loader_threads else "")
        self.process = subprocess.Popen([dropload, "service", "--config", config, "--listen", "127.0.0.1:0", "--data", directory / "data",
                                         "--faults", "--no-limits"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        welcome = ""
        while "To try it" not in welcome:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit(f"the service did not start: {welcome}")
            welcome += line
        self.port = int(re.search(r"http://127.0.0.1:(\d+)", welcome)[1])
        self.organization = re.search(r"organization (\d+)", welcome)[1]
        self.workspace = re.search(r"workspace (\d+)", welcome)[1]
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)
        token = self.call("POST", "/oauth/v2/token?grant_type=refresh_token&client_id=any&client_secret=any&refresh_token=any", {})
        self.headers = {"Authorization": f"Zoho-oauthtoken {token['access_token']}", "ZANALYTICS-ORGID": self.organization}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait()

    def call(self, verb, target, headers=None, body=None):
        self.connection.request(verb, target, body, self.headers if headers is None else headers)
        answer = self.connection.getresponse().read()
        return json.loads(answer) if answer else {}

    def target(self, file_type, table, view):
        config = {"fileType": file_type, "autoIdentify": True}
        config |= {"importType": "append"} if view else {"tableName": table}
        place = f"views/{view}/data" if view else "data"
        return f"/restapi/v2/bulk/workspaces/{self.workspace}/{place}?CONFIG={urllib.parse.quote(json.dumps(config))}"

    def upload(self, path, table=None, view=None):
        """The job's id. The file goes out with sendfile, so that the client costs next to nothing."""
        before = (f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"FILE\"; filename=\"data.csv\"\r\n"
                  "Content-Type: text/csv\r\n\r\n").encode()
        after = f"\r\n--{BOUNDARY}--\r\n".encode()
        head = f"POST {self.target(path.rsplit('.', 1)[1], table, view)} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head += f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nConnection: close\r\n"
        head += f"Content-Length: {len(before) + os.path.getsize(path) + len(after)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port)) as connection, open(path, "rb") as file:
            connection.sendall(head.encode() + before)
            connection.sendfile(file)
            connection.sendall(after)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            text = answer.read()
            if answer.status != 200:
                raise SystemExit(f"the upload was refused: {text}")
            return json.loads(text)["data"]["jobId"]

    def job(self, job_id):
        return self.call("GET", f"/restapi/v2/bulk/workspaces/{self.workspace}/importjobs/{job_id}")["data"]

    def wait_for(self, jobs, pause=0.005):
        """Until the last one is at 1004; its details."""
        for job_id in jobs:
            while (job := self.job(job_id))["jobCode"] in ("1001", "1002"):
                time.sleep(pause)
            if job["jobCode"] != "1004":
                raise SystemExit(f"job {job_id} ended with {job}")
        return job

    def hold_jobs(self):
        self.call("PUT", "/admin/faults", {}, json.dumps([{"fault": "stuck_job", "count": "all"}]))

    def let_jobs_go(self):
        self.call("DELETE", "/admin/faults", {})
