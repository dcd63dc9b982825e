#!/usr/bin/env python3
"""Scores `groundswell detect` on files of the Numenta Anomaly Benchmark by its standard profile.

    python3 tests/lab/nab.py --bin target/release/groundswell --data DIR [--windows DIR/windows.json] [--budget 4]

DIR holds the CSV files (`timestamp,value`), the windows are {"file.csv": [["from", "to"], ...]}. The score is that of Lavin &
Ahmad 2015 as NAB's code has it: each window counts its first detection by 2*sigmoid(-5*y)-1 with y from -1 (its first row) to 0
(its last), a detection outside costs by its distance after the last window (at most 1, times 0.11), a missed window costs 1; the
first 15 % of each file (at most 750 rows) are probation. 0 is a detector that says nothing, 100 one that is perfect. The sum is
over all files, as NAB normalises it. An alarm is said once, when it begins: `--every-row` counts each row of it.
"""

import argparse
import csv
import json
import math
import subprocess
from datetime import datetime
from pathlib import Path

FALSE_ALARM = 0.11  # A_fp of the standard profile; a hit and a miss weigh 1.


def scaled_sigmoid(y):
    return -1.0 if y > 3.0 else 2.0 / (1.0 + math.exp(5.0 * y)) - 1.0


def time_of(text):
    return datetime.fromisoformat(text.replace("Z", "")).replace(tzinfo=None, microsecond=0)


def spans_of(times, windows):
    spans = []
    for begin, end in windows:
        begin, end = time_of(begin), time_of(end)
        rows = [i for i, t in enumerate(times) if begin <= t <= end]
        if rows:
            spans.append((rows[0], rows[-1]))
    return spans


def score_file(detections, spans, rows):
    """Raw score, hits, false alarms of one file."""
    probation = min(int(0.15 * rows), 750)
    spans = [s for s in spans if s[1] >= probation]
    detections = [d for d in detections if d >= probation]
    score, hits = 0.0, 0
    best = scaled_sigmoid(-1.0)
    for begin, end in spans:
        inside = [d for d in detections if begin <= d <= end]
        if inside:
            width = end - begin + 1
            y = -(end - inside[0] + 1) / width
            score += scaled_sigmoid(y) / best
            hits += 1
        else:
            score -= 1.0
    false = 0
    for d in detections:
        if any(begin <= d <= end for begin, end in spans):
            continue
        false += 1
        before = [s for s in spans if s[1] < d]
        if before:
            begin, end = before[-1]
            score += FALSE_ALARM * scaled_sigmoid((d - end) / max(end - begin, 1))
        else:
            score -= FALSE_ALARM
    return score, hits, false, len(spans)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bin", required=True, help="the groundswell program")
    arguments.add_argument("--data", required=True, type=Path, help="folder with the CSV files")
    arguments.add_argument("--windows", type=Path, help="the windows (default: windows.json in the folder)")
    arguments.add_argument("--budget", default=None, help="false alarms a year (default: detect's own)")
    arguments.add_argument("--every-row", action="store_true", help="count each row of an alarm")
    options = arguments.parse_args()
    windows = json.loads((options.windows or options.data / "windows.json").read_text())
    total, perfect = 0.0, 0
    for name in sorted(windows):
        path = options.data / name
        with path.open() as file:
            times = [time_of(row["timestamp"]) for row in csv.DictReader(file)]
        budget = ["--budget", options.budget] if options.budget else []
        ran = subprocess.run([options.bin, "detect", *budget, str(path)], capture_output=True, text=True, check=True)
        index = {t: i for i, t in enumerate(times)}
        detections, on = [], False
        for line in ran.stdout.splitlines():
            row = json.loads(line)
            if row["alarm"] and (options.every_row or not on):
                detections.append(index[time_of(row["at"])])
            on = row["alarm"]
        raw, hits, false, known = score_file(detections, spans_of(times, windows[name]), len(times))
        total, perfect = total + raw, perfect + known
        years = (times[-1] - times[0]).total_seconds() / 86_400 / 365.25
        score = 100 * (raw + known) / (2 * known)
        print(f"{name:28} score {score:6.1f}   windows {hits} of {known}   alarms outside {false} ({false / years:.0f} a year)")
    print(f"{'all':28} score {100 * (total + perfect) / (2 * perfect):6.1f}")


if __name__ == "__main__":
    main()
