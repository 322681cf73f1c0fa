"""The shell of containers: POSIX sh as dash and busybox's ash have it, and what people use of bash."""
