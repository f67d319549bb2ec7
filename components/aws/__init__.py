"""What everything in AWS shares, whatever it is for: places, IAM documents, the explicit provider."""
