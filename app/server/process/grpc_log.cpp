#include "app/server/process/grpc_log.hpp"

#include <grpc/support/log.h>
#include <spdlog/spdlog.h>

namespace ff::app {

void take_over_grpc_log() {
  gpr_set_log_function([](gpr_log_func_args* line) {
    spdlog::debug("msg=\"grpc\" severity={} line=\"{}\"", gpr_log_severity_string(line->severity),
                  line->message);
  });
}

}  // namespace ff::app
