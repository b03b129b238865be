using Tessrax.Server.Host;

return await ServerProgram.Run(args);
