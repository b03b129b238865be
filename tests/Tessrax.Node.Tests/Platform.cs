using System.Runtime.Versioning;

// File modes and signals: these tests are of Unix.
[assembly: UnsupportedOSPlatform("windows")]
