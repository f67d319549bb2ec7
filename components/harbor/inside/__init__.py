"""What is inside Harbor: its project, robots, rules and schedules."""
