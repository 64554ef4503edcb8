# complete.zsh FOLDER WORD...: what zsh offers for the last word.  What it adds
# to the line is printed instead; that it found the function is its own doing.
fpath=($1 $fpath)
shift
autoload -Uz compinit
compinit -u -D
[[ $_comps[bgfctl] == _bgfctl ]] || { print "zsh does not find it"; exit 1 }

words=(bgfctl "$@")
CURRENT=$#words
PREFIX=$words[-1]
compadd() {
	[[ $1 != -- ]] || shift
	print -rl -- ${(M)@:#$PREFIX*}
}
_describe() {
	compadd -- ${${(P)2}%%:*}
}
_files() { print -r -- files }
_bgfctl
