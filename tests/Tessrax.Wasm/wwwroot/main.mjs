// Runs the program under Node: what it writes goes to standard output.
import { dotnet } from "./_framework/dotnet.js";

await dotnet.run();
