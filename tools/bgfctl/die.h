/*
 * tools/bgfctl/die.h - the end of a program that cannot go on
 */
#pragma once

/* "bgfctl: text" on stderr, exit status 1. */
void die(const char *text) __attribute__((noreturn));
