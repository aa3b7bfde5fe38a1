"""A running `dropload serve` with one route into its embedded service, and an upload to its REST address."""
import http.client
import os
import re
import socket
import subprocess

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
    def __init__(self, dropload, directory):
        config = directory / "dropload.toml"
        config.write_text(CONFIG)
        self.process = subprocess.Popen([dropload, "serve", "--config", config], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        log = ""
        while not (ready := re.search(r"REST on 127.0.0.1:(\d+)", log)):
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit(f"the daemon did not start: {log}")
            log += line
        self.port = int(ready[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

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
