using System.Runtime.Versioning;

// Shells, file modes and signals: these tests are of Unix.
[assembly: UnsupportedOSPlatform("windows")]
