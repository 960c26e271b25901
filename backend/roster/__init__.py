"""Who is on duty: nights, bases, cars, shifts, and within how many minutes a region wants somebody at the door."""
