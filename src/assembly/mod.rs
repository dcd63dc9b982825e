//! Floor 3: the parts put together: the daemon and the commands.
