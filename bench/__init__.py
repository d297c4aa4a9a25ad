"""The measurements: run on demand, each figure beside a limit or a bare rival measured
in the same run. `python -m bench` runs all of them, `python -m bench NAME` one.
"""
