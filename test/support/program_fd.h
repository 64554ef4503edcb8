/*
 * test/support/program_fd.h - a program of the kernel that this process has loaded
 */
#pragma once

/* The first of that name among our descriptors: that of the first realm.  It
 * stays whose it is.  -1: there is none. */
int program_fd(const char *name);
/* A map, in the same way. */
int program_map_fd(const char *name);
