#include "net/address/free_address.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/address/socket_address.hpp"

namespace ff::net {

Status check_free(const Endpoint& local, Transport transport) {
  const bool is_stream = transport == Transport::tcp;
  const auto socket = bind_socket(local, is_stream ? SOCK_STREAM : SOCK_DGRAM, false);
  const bool is_free =
      socket.descriptor >= 0 && (!is_stream || ::listen(socket.descriptor, 1) == 0);
  const auto reason = errno;
  if (socket.descriptor >= 0) ::close(socket.descriptor);
  if (is_free) return {};
  return fail(address_not_free,
              {{"address", local.to_string()}, {"reason", std::strerror(reason)}});
}

}  // namespace ff::net
