"""The door of the nurse's phone: what it may hold tonight, what it tells, what she wrote, and its bell."""
