"""The WhatCounts client, through real sockets."""
