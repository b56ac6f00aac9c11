#include "app/server/process/any_target.hpp"

namespace ff::app {

net::http_client::TargetPolicy any_target() {
  return net::http_client::TargetPolicy(
      {*net::AddressBlock::parse("0.0.0.0/0"), *net::AddressBlock::parse("::/0")});
}

}  // namespace ff::app
