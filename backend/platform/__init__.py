"""What every room stands on: transactions, clock, login, outbox, push. Not one care word in here."""
