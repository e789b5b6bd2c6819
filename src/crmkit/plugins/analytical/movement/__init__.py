"""Movement: from which state to which customers went between two instants, and how long they stay in one."""
