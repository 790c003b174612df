// At which time the body of a scan is: the plan dispatches a kernel of it once for each.
override TIME: u32 = 0u;
