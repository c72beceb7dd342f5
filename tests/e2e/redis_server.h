// A Redis of the test's own, on a socket in a folder of the test's own.
#pragma once

#include "support/run.h"
#include "support/temp_dir.h"

#include <memory>
#include <string>

namespace bootcheck::test {

class RedisServer {
 public:
  /// Returns when it answers.
  RedisServer();
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  /// For REDIS_URL.
  std::string url() const { return "unix://" + socket(); }

 private:
  std::string socket() const { return (folder_.path() / "socket").native(); }

  TempDir folder_;
  std::unique_ptr<Background> server_;
};

}  // namespace bootcheck::test
