/*
 * h248/sdp_memory.h - memory for libosip2 while it reads a description
 *
 * It allocates every word of a description by itself and frees all of them
 * soon: here they come from one buffer, which is empty again when the last of
 * them is gone.  Any thread; each has its own buffer.  Private to h248/sdp*.c.
 */
#pragma once

/* Before the first use of libosip2; any number of times. */
void h248_sdp_memory_init(void);
