#!/bin/sh
# Runs a compiler under ccache.   usage: <checkout>/cmake/ccache.sh <compiler> <arguments...>

# Paths relative to the checkout, so that several build folders and checkouts share one cache.
export CCACHE_BASEDIR="${0%/cmake/ccache.sh}" CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros

# g++ knows a header it has precompiled again by all its bytes, comments included. Ccache would also take a precompiled
# header whose text is the same without them; every header in it would then be read, and defined, a second time.
for argument; do
  case $argument in c++-header) export CCACHE_DEPEND=1 ;; esac
done
exec ccache "$@"
