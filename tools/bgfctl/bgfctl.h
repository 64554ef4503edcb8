/*
 * tools/bgfctl/bgfctl.h - the program, callable by tests
 */
#pragma once

#include <stdio.h>

enum { /* exit codes */
       BGFCTL_OK,
       BGFCTL_FAILED, /* the gateway refused, or did not answer */
       BGFCTL_USAGE,
       BGFCTL_NO_CONNECTION,
};

/* The command line; what it prints goes to out and err. */
int bgfctl_run(int argc, char **argv, FILE *out, FILE *err);
