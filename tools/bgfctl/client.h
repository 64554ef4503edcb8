/*
 * tools/bgfctl/client.h - requests to the control socket
 */
#pragma once

#include <jansson.h>
#include <stddef.h>

enum client_result {
	CLIENT_OK, /* *reply is new; it may be a refusal */
	CLIENT_NO_CONNECTION,
	CLIENT_NO_ANSWER, /* cut short, not JSON, or too late */
};

/* On failure err (cap octets) holds one line that says what to do. */
enum client_result client_ask(const char *path, const json_t *request,
			      json_t **reply, char *err, size_t cap);

/* The same for an answer of several lines, silent for at most silent_s. */
struct client;
enum client_result client_open(const char *path, const json_t *request,
			       unsigned int silent_s, struct client **out,
			       char *err, size_t cap);
/* The next line, new. */
enum client_result client_next(struct client *c, json_t **line, char *err,
			       size_t cap);
int client_fd(const struct client *c);
void client_close(struct client *c);
