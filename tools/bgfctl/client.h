/*
 * tools/bgfctl/client.h - one request to the control socket
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
