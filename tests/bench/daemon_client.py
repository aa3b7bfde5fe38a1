"""A running `dropload serve` with one route into its embedded service, and an upload to its REST address."""
import http.client
import json
import os
import re
import socket
import subprocess
import time

from service_client import ProcessFigures

CONFIG = """[daemon]
state_directory = "state"
listen = "127.0.0.1:0"
[service]
listen = "127.0.0.1:0"
[[organization]]
name = "local"
embedded = true
[[route]]
name = "bench"
workspace = "Main"
table = "t"
create = true
duplicates = "import"
"""


class Daemon(ProcessFigures):
    def __init__(self, dropload, directory, more_config=""):
        """`more_config` are lines of the route, or tables behind it."""
        config = directory / "dropload.toml"
        config.write_text(CONFIG + more_config)
        log = directory / "daemon.log"  # not a pipe: nobody would read it, and the daemon would wait
        self.began = time.monotonic()
        with open(log, "w", encoding="utf-8") as output:
            self.process = subprocess.Popen([dropload, "serve", "--config", config], stdout=output, stderr=subprocess.STDOUT)
        while not (ready := re.search(r"REST on 127.0.0.1:(\d+)", log.read_text(encoding="utf-8"))):
            if self.process.poll() is not None:
                raise SystemExit(f"the daemon did not start: {log.read_text(encoding='utf-8')}")
            time.sleep(0.002)
        self.started_in = time.monotonic() - self.began
        self.port = int(ready[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def call(self, verb, target):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request(verb, target)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status >= 300:
            raise SystemExit(f"{verb} {target} was refused: {text}")
        return json.loads(text)

    def pause(self):
        """Nothing is imported, so that taking in alone is measured."""
        self.call("POST", "/v1/routes/bench/pause?reason=bench")

    def upload(self, path):
        """Until it is queued. The file goes out with sendfile, so that the client costs next to nothing."""
        head = (f"POST /v1/submissions?route=bench&filename=data.csv HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
                f"Connection: close\r\nContent-Length: {os.path.getsize(path)}\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.port)) as connection, open(path, "rb") as file:
            connection.sendall(head.encode())
            connection.sendfile(file)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            text = answer.read()
            if answer.status != 201:
                raise SystemExit(f"the upload was refused: {text}")
