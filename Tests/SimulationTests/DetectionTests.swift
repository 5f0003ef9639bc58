import Model
import Simulation
import Testing
