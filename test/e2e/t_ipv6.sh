#!/usr/bin/env bash
# Both clients on IPv6, behind firewalls that let nothing in.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

export LAB_IP6=yes
session_large
session_begin --set ip_a=IP6 --set sam_a=2001:db8:a1::2 \
	--set remote_a=2001:db8:a1::2 \
	--set ip_b=IP6 --set sam_b=2001:db8:b1::2 \
	--set remote_b=2001:db8:b1::2
session_client a
session_client b
session_end


# The firewalls would have counted a SYN from outside, and there was none.
equal "SYNs into A" 0 "$(syns_in na)"
equal "SYNs into B" 0 "$(syns_in nb)"
lab_in gw nc -z -w 1 2001:db8:a::10 9 && die "something listens at A"
[ "$(syns_in na)" -gt 0 ] || die "firewall A does not see IPv6"
