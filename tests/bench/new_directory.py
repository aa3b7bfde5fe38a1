"""A directory for each run of a benchmark: what a daemon keeps of one run must not be there in the next."""
import pathlib
import shutil


def in_new_directory(work, what):
    directory = pathlib.Path(work, "run")
    directory.mkdir()
    try:
        return what(directory)
    finally:
        shutil.rmtree(directory)
