# shellcheck shell=bash
# Sourced: apt with a state of its own, for other releases of Debian than this machine's.
# It needs no root, changes nothing outside its folder, and what it fetches must be
# signed by Debian all the same.

# suites DIR SUITE...: prepares DIR. The mirrors are those this machine has for itself.
suites() {
	local dir=$1 release mirror suite keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	shift
	# shellcheck source=/dev/null
	release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}") || return
	mkdir -p "$dir/lists/partial" "$dir/archives/partial"
	: >"$dir/status"
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --no-release-info --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' |
		awk -v release="$release" '$1 == release && $2 == "main" { print $3 }' | sort -u |
		while read -r mirror; do
			for suite; do
				echo "deb [signed-by=$keyring] $mirror $suite main"
			done
		done >"$dir/sources.list"
}

# suites_apt DIR get|cache ARGUMENT...: apt-get or apt-cache there.
suites_apt() {
	local dir=$1 tool=$2
	shift 2
	"apt-$tool" -o APT::Sandbox::User=root -o Dir::Etc::sourcelist="$dir/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::State="$dir" -o Dir::State::status="$dir/status" \
		-o Dir::Cache="$dir" -o Acquire::Languages=none \
		-o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 "$@"
}
