// What the interop client tells itself. What it is asked are the join server's own questions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "actors/support/local_message.hpp"
#include "actors/support/reply.hpp"
#include "protocol/base/result.hpp"
#include "protocol/types/identifiers.hpp"

namespace ff::interop {

/// Whose device has these EUIs? Asked of the JoinEUI's join server by HomeNSReq.
struct FindHomeNetwork {
  JoinEui join_eui;
  DevEui dev_eui;
  actors::Reply<NetId> reply;
};

/// INTERNAL: a join server has answered question `id`, or has not.
struct PeerAnswered {
  std::uint64_t id = 0;
  std::size_t peer = 0;
  std::string host = {};
  struct Http {
    int status = 0;
    std::string body;
    bool whole = true;  // false: more was there than is read
  };
  Result<Http> answer;
};

}  // namespace ff::interop
FF_LOCAL_MESSAGE(ff::interop::FindHomeNetwork)
FF_LOCAL_MESSAGE(ff::interop::PeerAnswered)
