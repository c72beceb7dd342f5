// Where the tests find what they work with. Only places.cpp is compiled with a path in it.
#pragma once

#include <string>

#include <boost/filesystem/path.hpp>

namespace bootcheck::test {

/// The program under test: $BOOTCHECK_BINARY, else the one of this build.
std::string bootcheck_binary();

/// The root of the source tree.
const boost::filesystem::path& source_dir();

/// What runs a command in mount and process namespaces of its own.
std::string own_mounts();

/// Another program of the tests, in the folder of the one that runs.
boost::filesystem::path test_program(const std::string& name);

}  // namespace bootcheck::test
