"""The verb `explain`: what a preview will do, in sentences that a reviewer understands."""
