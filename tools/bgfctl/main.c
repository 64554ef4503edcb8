/* tools/bgfctl/main.c - bgfctl, the operator's command line */
#include "tools/bgfctl/bgfctl.h"

int main(int argc, char **argv)
{
	return bgfctl_run(argc, argv, stdout, stderr);
}
