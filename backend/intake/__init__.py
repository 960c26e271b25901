"""A question comes in and gets a number. What it means, and how urgent it is, is judged in the triage room."""
