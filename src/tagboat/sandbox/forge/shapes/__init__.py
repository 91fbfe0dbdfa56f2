"""The forge's answers: each function turns records into the JSON of one schema of GitHub's OpenAPI description."""
