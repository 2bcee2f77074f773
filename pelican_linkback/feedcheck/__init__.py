"""Finds errors in feed documents, whoever wrote them: documents in, findings out."""
