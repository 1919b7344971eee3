"""`app.py` with one room more."""

import sys

from app import main
from tasking.house import another_house
from tests.lamps.room import NOTICES, RULES, with_lamps

if __name__ == "__main__":
    with another_house(RULES, NOTICES):
        sys.exit(main(sys.argv[1:], with_lamps))
