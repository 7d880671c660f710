"""Jobs 任务: background work with progress."""
