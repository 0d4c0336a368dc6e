"""What the course claims in numbers, measured; peers run in environments of their own."""
