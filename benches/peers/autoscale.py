"""The auto-scaling rules as a plain Python loop, for comparison.

Reads thousandths of a unit per minute from standard input, one a line, and
prints: CPU nanoseconds per minute, thousandths of a unit throttled, unit-minutes
billed with hours at their maximum.
"""

import sys
import time

MINUTE = 60_000


def desired(served, target):
    return max(1, min(40_000, -(-served * 100 // (target * MINUTE))))


def run(series, target):
    low = max(10, target - 20)
    capacity = desired(series[0], target)
    pending = None
    bucket = 0
    throttled = 0
    billed = 0
    hour_max = 0
    above = 0
    below = 0
    served_last = []
    decreases_today = 0
    last_decrease = None
    day = -1
    for minute, demand in enumerate(series):
        if pending is not None and pending[0] == minute:
            capacity = pending[1]
            pending = None
        hour_max = max(hour_max, capacity)
        bucket = min(bucket, capacity * 1000 * 300)
        available = capacity * MINUTE + bucket
        served = min(demand, available)
        bucket = min(available - served, capacity * 1000 * 300)
        throttled += demand - served
        served_last.append(served)
        if len(served_last) > 15:
            served_last.pop(0)
        above = above + 1 if served * 100 > target * capacity * MINUTE else 0
        below = below + 1 if served * 100 < low * capacity * MINUTE else 0
        if pending is None:
            if above >= 2:
                wanted = desired(served, target)
                if wanted > capacity:
                    pending = (minute + 2, wanted)
            elif below >= 15:
                if minute // 1440 != day:
                    day = minute // 1440
                    decreases_today = 0
                allowed = (
                    decreases_today < 4
                    or last_decrease is None
                    or minute - last_decrease >= 60
                )
                wanted = desired(max(served_last), target)
                if allowed and wanted < capacity:
                    pending = (minute + 2, wanted)
                    decreases_today += 1
                    last_decrease = minute
        if minute % 60 == 59 or minute == len(series) - 1:
            billed += hour_max * (minute % 60 + 1)
            hour_max = 0
    return throttled, billed


def main():
    target = int(sys.argv[1])
    series = [int(line) for line in sys.stdin]
    repeats = 5
    begin = time.process_time_ns()
    for _ in range(repeats):
        throttled, billed = run(series, target)
    spent = time.process_time_ns() - begin
    print(spent / repeats / len(series), throttled, billed)


main()
