# Installing and packaging. Nothing here depends on the machine, so all of it goes under share/ and serves any of them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(cmake_folder "${CMAKE_INSTALL_DATADIR}/cmake/simulacra")
install(TARGETS simulacra EXPORT simulacra FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(EXPORT simulacra NAMESPACE simulacra:: FILE simulacraTargets.cmake DESTINATION "${cmake_folder}")

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/simulacraConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/package/simulacraConfig.cmake"
  INSTALL_DESTINATION "${cmake_folder}"
  NO_SET_AND_CHECK_MACRO)
# While the version is 0.x, a new minor version may change any interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/package/simulacraConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion
  ARCH_INDEPENDENT)
install(FILES
  "${PROJECT_BINARY_DIR}/package/simulacraConfig.cmake"
  "${PROJECT_BINARY_DIR}/package/simulacraConfigVersion.cmake"
  DESTINATION "${cmake_folder}")

# Found from where the file lies, so that the installed tree may be moved. Boost is not named: it has no pkg-config file, and its
# headers are where every compiler looks.
file(RELATIVE_PATH to_prefix "/prefix/${CMAKE_INSTALL_DATADIR}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" to_prefix "${to_prefix}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/simulacra.pc.in" "${PROJECT_BINARY_DIR}/package/simulacra.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/package/simulacra.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

if(PROJECT_IS_TOP_LEVEL)
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_NAME libsimulacra-dev)
  set(CPACK_PACKAGE_CONTACT "The Simulacra authors <noreply@example.org>")
  set(CPACK_PACKAGE_VENDOR "Simulacra")
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
  set(CPACK_PACKAGE_DESCRIPTION "Headers in C++20 to run and to measure model collapse: a truth, an estimator and a rule for what each
generation is trained on, many times over, with Monte Carlo error and theory beside every curve.")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE all)
  set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "libeigen3-dev (>= 3.4), libboost-dev (>= 1.74)")
  include(CPack)
endif()
