"""What the nurse does at the door: steps, reports, and what one phone may hold tonight."""
