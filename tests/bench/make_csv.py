#!/usr/bin/env python3
"""Writes a CSV as business systems export it: ten columns of mixed types, some fields quoted, the same bytes each time.

    make_csv.py ROWS FILE      800000 rows are about 100 MB
"""
import random
import sys

HEADER = "order_id,order_date,entered_at,customer,email,product,quantity,unit_price,paid,note\n"
FIRST = ["Anna", "Bruno", "Chiara", "Dmitri", "Élodie", "Farid", "Greta", "Hiro", "Inês", "Jürgen"]
LAST = ["Adler", "Bianchi", "Costa", "Dubois", "Eriksson", "Fischer", "García", "Horvat", "Ivanova", "Jansen"]
PRODUCTS = ['Desk lamp, brass', 'Office chair "Sitwell"', "Whiteboard 120 x 90", "Monitor arm", "Filing cabinet, 3 drawers"]
NOTES = ["", "", "", "deliver to the back door", "call first, then deliver", 'marked "urgent"', "two parcels\nsecond one later"]


def quoted(text):
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def main(rows, path):
    rng = random.Random(20261123)
    with open(path, "w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        lines = []
        for n in range(rows):
            first, last = rng.choice(FIRST), rng.choice(LAST)
            day = f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
            time = f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"
            lines.append(
                f"{100000 + n},{day},{day} {time},{first} {last},{first.lower()}.{last.lower()}{rng.randint(1, 999)}@example.com,"
                f"{quoted(rng.choice(PRODUCTS))},{rng.randint(1, 60)},{rng.randint(100, 99999) / 100:.2f},"
                f"{rng.choice(('true', 'false'))},{quoted(rng.choice(NOTES))}\n")
            if len(lines) == 10000:
                out.write("".join(lines))
                lines.clear()
        out.write("".join(lines))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(int(sys.argv[1]), sys.argv[2])
