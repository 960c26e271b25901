"""How urgent is it, is it night care, and what happens now. Which car goes is the dispatch room's question."""
