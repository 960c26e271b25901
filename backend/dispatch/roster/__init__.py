"""Who is on duty: nights, bases, cars, shifts, and the rest a nurse takes in between."""
