"""The auto-scaling rules as a plain Python loop, for comparison.

Reads thousandths of a unit per minute from standard input, one a line, and
prints CPU nanoseconds per minute and then all that the library's outcome holds:
thousandths of a unit offered and throttled, minutes throttled, unit-minutes
billed with hours at their maximum and at their mean, the largest capacity,
increases and decreases.
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
    offered = 0
    throttled = 0
    throttled_minutes = 0
    billed = 0
    billed_mean = 0
    capacity_peak = capacity
    increases = 0
    decreases = 0
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
            capacity_peak = max(capacity_peak, capacity)
            pending = None
        hour_max = max(hour_max, capacity)
        bucket = min(bucket, capacity * 1000 * 300)
        available = capacity * MINUTE + bucket
        served = min(demand, available)
        bucket = min(available - served, capacity * 1000 * 300)
        offered += demand
        throttled += demand - served
        if demand > served:
            throttled_minutes += 1
        billed_mean += capacity
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
                    increases += 1
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
                    decreases += 1
                    decreases_today += 1
                    last_decrease = minute
        if minute % 60 == 59 or minute == len(series) - 1:
            billed += hour_max * (minute % 60 + 1)
            hour_max = 0
    return (
        offered,
        throttled,
        throttled_minutes,
        billed,
        billed_mean,
        capacity_peak,
        increases,
        decreases,
    )


def main():
    target = int(sys.argv[1])
    series = [int(line) for line in sys.stdin]
    repeats = 5
    begin = time.process_time_ns()
    for _ in range(repeats):
        outcome = run(series, target)
    spent = time.process_time_ns() - begin
    print(spent / repeats / len(series), *outcome)


main()
