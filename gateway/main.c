/* gateway/main.c - the command line of bgfd */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--version")) {
		printf("bgfd %s\n", BGF_VERSION);
		return 0;
	}
	fprintf(stderr, "usage: bgfd --version\n");
	return 2;
}
