"""MongoDB: documents, what is asked of them, and the language of its shell, without any process."""
